import ArgumentParser
import AsyncHTTPClient
import GRDB
import Hummingbird
import TOMLKit
import ServiceLifecycle
@main struct X { static func main() { print("x") } }
