/// An action as its service defines it: what the description says and what arguments are checked by.
package struct IGDAction: Hashable, Sendable {
    package let name: String
    package let inputs: [IGDArgument]
    package let outputs: [IGDArgument]
    /// The version of the service that brought it.
    package let since: UInt8

    init(
        _ name: String, in inputs: [IGDArgument] = [], out outputs: [IGDArgument] = [],
        since: UInt8 = 1
    ) {
        (self.name, self.inputs, self.outputs, self.since) = (name, inputs, outputs, since)
    }
}

package struct IGDArgument: Hashable, Sendable {
    package let name: String
    /// The state variable that gives it its type.
    package let variable: String
    /// What counts where control points leave it out, empty, or write `*`; nil where they may not.
    package let otherwise: String?

    init(_ name: String, _ variable: String, otherwise: String? = nil) {
        (self.name, self.variable, self.otherwise) = (name, variable, otherwise)
    }

    /// As most services have it: the name of the variable behind `New`.
    static func new(_ variable: String, otherwise: String? = nil) -> IGDArgument {
        IGDArgument("New\(variable)", variable, otherwise: otherwise)
    }
}

package struct IGDVariable: Hashable, Sendable {
    package let name: String
    package let type: DataType
    package let isEvented: Bool
    package let preset: String?
    package let allowed: Allowed
    package let since: UInt8

    package enum DataType: String, Hashable, Sendable {
        case string, boolean, ui2, ui4
    }

    package enum Allowed: Hashable, Sendable {
        case any
        case values([String])
        case range(ClosedRange<UInt32>)
    }

    init(
        _ name: String, _ type: DataType, evented: Bool = false, preset: String? = nil,
        _ allowed: Allowed = .any, since: UInt8 = 1
    ) {
        (self.name, self.type, isEvented, self.preset) = (name, type, evented, preset)
        (self.allowed, self.since) = (allowed, since)
    }

    /// Whether a text is of its type at all.
    ///
    /// Ranges are left to each action, which has its own errors for them.
    package func admits(_ text: String) -> Bool {
        switch type {
        case .string: true
        case .boolean: UPnPNumber.readBoolean(text) != nil
        case .ui2: UPnPNumber.read(text, as: UInt16.self) != nil
        case .ui4: UPnPNumber.read(text, as: UInt32.self) != nil
        }
    }
}

/// What is known of a name that a control point calls.
package enum IGDActionLookup: Hashable, Sendable {
    case offered(IGDAction)
    /// The specification has it, and leaves it to the device: 602.
    case notOffered
    /// 401.
    case unknown
}

extension IGDServiceType {
    /// What this version can do, in the order of its description.
    package var actions: [IGDAction] { service.actions.filter { $0.since <= version } }
    package var variables: [IGDVariable] { service.variables.filter { $0.since <= version } }
    package var eventedVariables: [IGDVariable] { variables.filter(\.isEvented) }

    package func action(_ name: String) -> IGDActionLookup {
        let action = service.actions.first { $0.name == name && $0.since <= version }
        if let action { return .offered(action) }
        return service.actionsNotOffered.contains(name) ? .notOffered : .unknown
    }

    package func variable(_ name: String) -> IGDVariable? {
        service.variables.first { $0.name == name && $0.since <= version }
    }
}
