import ArgumentParser
import FoundationEssentials

/// How a reading command prints.
enum OutputForm: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

struct OutputOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "How to print: text or json.")
    var output = OutputForm.text

    /// Prints the answer of the API as it is, or lets `text` say it in words.
    func show(_ answer: some Encodable, text: () -> Void) throws {
        guard output == .json else { return text() }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(answer), as: UTF8.self))
    }
}
