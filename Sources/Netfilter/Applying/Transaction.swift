import Forwarding
import Netlink

/// One batch of changes to our table, and which forward each of its elements is about.
///
/// The kernel names a refused operation by the sequence number of its message and, inside, by the offset
/// of the attribute; from both we find the forward back.
struct Transaction {
    private var batch: Batch
    private var owners: [Owner] = []
    /// Operations so far; elements that share a message count each.
    private(set) var operations = 0
    var isEmpty: Bool { operations == 0 }

    private struct Owner {
        var offset: UInt32
        var sequence: UInt32
        var forward: UInt16
    }

    init(firstSequence: UInt32, capacity: Int = 4096) {
        batch = Batch(table: Layout.table, firstSequence: firstSequence, capacity: capacity)
    }

    /// Creates our table, or takes over the one that lies there.
    mutating func table(flags: UInt32) {
        operations += 1
        batch.operation(.newTable, .create) { $0.big32(2, flags) }
    }

    mutating func deleteTable() {
        operations += 1
        batch.operation(.deleteTable) { _ in }
    }

    mutating func guardCounter() {
        operations += 1
        batch.operation(.newObject, .create) {
            $0.string(2, Layout.guardCounter)
            $0.big32(3, 1)
            $0.nest(4) { _ in }
        }
    }

    @discardableResult
    mutating func set(_ declaration: SetDeclaration) -> UInt32 {
        operations += 1
        let id = batch.currentSequence
        return batch.operation(.newSet, .create) { declaration.write(to: &$0, id: id) }
    }

    mutating func deleteSet(_ name: String) {
        operations += 1
        batch.operation(.deleteSet) { $0.string(2, name) }
    }

    mutating func flushSet(_ name: String) {
        operations += 1
        batch.operation(.deleteElements) { $0.string(2, name) }
    }

    @discardableResult
    mutating func chain(_ declaration: ChainDeclaration) -> UInt32 {
        operations += 1
        return batch.operation(.newChain, .create) { declaration.write(to: &$0) }
    }

    mutating func deleteChain(_ name: String) {
        operations += 1
        batch.operation(.deleteChain) { $0.string(3, name) }
    }

    mutating func flushChain(_ name: String) {
        operations += 1
        batch.operation(.deleteRule) { $0.string(2, name) }
    }

    @discardableResult
    mutating func rule(_ rule: Rule, in chain: String) -> UInt32 {
        operations += 1
        return batch.operation(.newRule, [.create, .append]) { rule.write(to: &$0, chain: chain) }
    }

    mutating func add(_ element: SetElement, to set: String, for forward: ForwardID? = nil) {
        put(.newElements, element, set, forward)
    }

    mutating func delete(_ element: SetElement, from set: String, for forward: ForwardID? = nil) {
        put(.deleteElements, element, set, forward)
    }

    private mutating func put(
        _ operation: NFTables.Operation, _ element: SetElement, _ set: String,
        _ forward: ForwardID?
    ) {
        operations += 1
        let sequence = batch.element(operation, in: set, element)
        guard let forward else { return }
        owners.append(
            Owner(
                offset: UInt32(batch.writer.bytes.count), sequence: sequence,
                forward: forward.number))
    }

    /// Where each message begins is found by walking the bytes once, and only after a refusal.
    func forward(of refusal: Reply, in bytes: [UInt8]) -> ForwardID? {
        let start = MessageReader(bytes).first { $0.sequence == refusal.sequence }?.start
        guard let start else { return nil }
        let candidates = owners.lazy.filter { $0.sequence == refusal.sequence }
        guard let offset = refusal.offset else {
            let only = Set(candidates.map(\.forward))
            return only.count == 1 ? only.first.flatMap { ForwardID($0) } : nil
        }
        let place = UInt32(start) + offset
        return candidates.first { $0.offset > place }.flatMap { ForwardID($0.forward) }
    }

    func finished() -> (bytes: [UInt8], end: UInt32, overflow: MessageWriter.Overflow?) {
        let overflow = batch.overflow
        let (bytes, end) = batch.finish()
        return (bytes, end, overflow)
    }
}
