import Addressing
package import Netlink

extension PolicyRouting {
    /// What is installed under our protocol number, in the network of the socket.
    package static func installed(
        through socket: inout NetlinkSocket
    ) throws(KernelError) -> PolicyRouting {
        for _ in 0..<10 {
            var found = PolicyRouting()
            let end = try socket.dump(
                { RouteMessage.Dump.routes.write(sequence: $0, to: &$1) },
                { message in
                    guard case .ownRoute(let route, removed: false)? = RouteMessage(message)
                    else { return }
                    found.routes.insert(route)
                })
            try found.readRules(through: &socket)
            if end == .complete { return found }
        }
        throw KernelError(code: ErrorNumber.tryAgain, call: .netlinkDump)
    }

    /// A kernel without policy routing, or without IPv6, has no rules.
    mutating func readRules(through socket: inout NetlinkSocket) throws(KernelError) {
        for family in AddressFamily.allCases {
            var found: Set<PolicyRule> = []
            do throws(KernelError) {
                _ = try socket.dump(
                    { PolicyRule.writeDump(family, sequence: $0, to: &$1) },
                    { message in
                        guard case .ownRule(let rule, removed: false)? = RouteMessage(message)
                        else { return }
                        found.insert(rule)
                    })
            } catch { guard Self.isMissing(error) else { throw error } }
            rules.formUnion(found)
        }
    }

    /// EOPNOTSUPP, EAFNOSUPPORT.
    private static func isMissing(_ error: KernelError) -> Bool {
        [ErrorNumber.notSupported, ErrorNumber.familyNotSupported].contains(error.code)
    }

    /// Makes the kernel have these rules and routes and no others of ours.
    ///
    /// Routes come before the rules that lead to them and go after them, so that no packet meets an
    /// empty table. What the kernel refuses does not keep the rest from it.
    ///
    /// - Returns: what was refused, with the kernel's error number.
    package func install(
        insteadOf installed: PolicyRouting, through socket: inout NetlinkSocket
    ) throws(KernelError) -> [Refused] {
        var refused: [Refused] = []
        for route in routes.subtracting(installed.routes) {
            let code = try socket.request { route.write(.put, sequence: $0, to: &$1) }
            if code != 0 { refused.append(Refused(what: .route(route), code: code)) }
        }
        for rule in rules.subtracting(installed.rules).sorted() {
            let code = try socket.request { rule.write(.add, sequence: $0, to: &$1) }
            if code != 0, code != ErrorNumber.exists {
                refused.append(Refused(what: .rule(rule), code: code))
            }
        }
        for rule in installed.rules.subtracting(rules) {
            let code = try socket.request { rule.write(.delete, sequence: $0, to: &$1) }
            if code != 0, code != ErrorNumber.noEntry {
                refused.append(Refused(what: .rule(rule), code: code))
            }
        }
        // One that was replaced is gone already (ESRCH).
        for route in installed.routes.subtracting(routes) {
            let code = try socket.request { route.write(.delete, sequence: $0, to: &$1) }
            if code != 0, code != ErrorNumber.noProcess, code != ErrorNumber.noDevice {
                refused.append(Refused(what: .route(route), code: code))
            }
        }
        return refused
    }

    package struct Refused: Hashable, Sendable {
        package var what: Piece
        package var code: Int32

        package enum Piece: Hashable, Sendable {
            case rule(PolicyRule)
            case route(TableRoute)
        }
    }
}

extension Set<PolicyRule> {
    /// The rule that reads main comes first: the other alone would take more than it should.
    fileprivate func sorted() -> [PolicyRule] { sorted { $0.priority < $1.priority } }
}
