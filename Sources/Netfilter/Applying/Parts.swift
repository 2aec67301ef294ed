import Netlink

/// Chains and sets that come and go with forwards, found by the name of their chain: what is needed
/// is written before the elements that lead to it, and taken away behind them.
struct Part: Hashable {
    var chain: String
    var sets: [Piece]
    var rules: [Rule]

    struct Piece: Hashable {
        var declaration: SetDeclaration
        var elements: [SetElement]
    }

    init(_ admission: Admission, _ mask: MarkMask) {
        chain = admission.chain
        sets = admission.sets.map { Piece(declaration: $0.0, elements: $0.1) }
        rules = admission.rules(mask)
    }

    init(_ shift: Shift) {
        chain = shift.chain
        sets = shift.sets.map { Piece(declaration: $0.0, elements: $0.1) }
        rules = shift.rules
    }

    func write(to transaction: inout Transaction) {
        for piece in sets {
            transaction.set(piece.declaration)
            for element in piece.elements { transaction.add(element, to: piece.declaration.name) }
        }
        transaction.chain(ChainDeclaration(chain))
        for rule in rules { transaction.rule(rule, in: chain) }
    }

    func delete(from transaction: inout Transaction) {
        transaction.deleteChain(chain)
        for piece in sets { transaction.deleteSet(piece.declaration.name) }
    }
}
