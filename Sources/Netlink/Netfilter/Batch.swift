/// Collects changes to nf_tables and frames them as one transaction.
///
/// Each operation gets a sequence number of its own, by which the kernel's verdict names it.
package struct Batch: Sendable {
    package private(set) var writer: MessageWriter
    private let table: String
    private var sequence: UInt32
    package let firstSequence: UInt32
    /// Elements that go into the same set are packed into one message until it is full.
    private var open: OpenElements?

    /// How full a list of elements may get: its length has 16 bits, with some room left.
    private static let fullList = 65_000

    package init(table: String, firstSequence: UInt32 = 1, capacity: Int = 4096) {
        self.table = table
        self.firstSequence = firstSequence
        sequence = firstSequence
        writer = MessageWriter(capacity: capacity)
        frame(NFTables.batchBegin, .request)
    }

    private struct OpenElements {
        var operation: NFTables.Operation
        var set: String
        var message: Int
        var list: Int
    }

    /// The sequence number of the operation that is written next (or goes on being filled).
    package var currentSequence: UInt32 { sequence }

    /// Ends the transaction; the kernel acknowledges the last message when all is committed.
    ///
    /// - Returns: the bytes for one `send`, and the number that the acknowledgement will carry.
    package consuming func finish() -> (bytes: [UInt8], end: UInt32) {
        closeElements()
        let end = sequence
        frame(NFTables.batchEnd, [.request, .acknowledge])
        return (writer.bytes, end)
    }

    package var overflow: MessageWriter.Overflow? { writer.overflow }

    private mutating func frame(_ type: UInt16, _ flags: MessageFlags) {
        writer.message(MessageHeader(type: type, flags: flags, sequence: sequence)) {
            $0.fixed([0, 0, 0, 10])
        }
        sequence += 1
    }

    /// Writes one operation on our table; `body` adds the attributes behind the table's name.
    ///
    /// - Returns: the sequence number by which a refusal would name it.
    @discardableResult
    package mutating func operation(
        _ operation: NFTables.Operation, _ flags: MessageFlags = [],
        _ body: (inout MessageWriter) -> Void
    ) -> UInt32 {
        closeElements()
        let header = MessageHeader(
            type: operation.type, flags: flags.union(.request), sequence: sequence)
        writer.message(header) { writer in
            writer.fixed([NFTables.inet, 0, 0, 0])
            writer.string(1, table)
            body(&writer)
        }
        defer { sequence += 1 }
        return sequence
    }

    /// Adds an element to, or deletes it from, a set.
    ///
    /// - Returns: the sequence number of the message that it is in.
    @discardableResult
    package mutating func element(
        _ operation: NFTables.Operation, in set: String, _ element: SetElement
    ) -> UInt32 {
        if let open {
            let isFull = writer.bytes.count - open.list > Self.fullList
            if open.operation != operation || open.set != set || isFull { closeElements() }
        }
        if open == nil { openElements(operation, set) }
        element.write(to: &writer, withData: operation == .newElements)
        return sequence
    }

    private mutating func openElements(_ operation: NFTables.Operation, _ set: String) {
        let flags: MessageFlags = operation == .newElements ? [.request, .create] : .request
        let message = writer.beginMessage(
            MessageHeader(type: operation.type, flags: flags, sequence: sequence))
        writer.fixed([NFTables.inet, 0, 0, 0])
        writer.string(1, table)
        writer.string(2, set)
        open = OpenElements(
            operation: operation, set: set, message: message, list: writer.beginNest(3))
    }

    private mutating func closeElements() {
        guard let open else { return }
        writer.endNest(at: open.list)
        writer.endMessage(at: open.message)
        self.open = nil
        sequence += 1
    }
}
