import ArgumentParser
import AsyncHTTPClient
import GRDB
import Hummingbird
import ServiceLifecycle
import TOMLKit

@main struct X { static func main() { print("x") } }
