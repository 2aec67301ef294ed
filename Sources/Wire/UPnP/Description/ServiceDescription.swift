extension IGDServiceType {
    /// The document that says what the service can do (SCPD), out of the table of its actions.
    package var description: [UInt8] {
        var writer = XMLWriter("<?xml version=\"1.0\"?>\r\n")
        writer.element("scpd", [("xmlns", "urn:schemas-upnp-org:service-1-0")]) { root in
            root.specVersion()
            root.element("actionList") { list in
                for action in actions { action.write(to: &list) }
            }
            root.element("serviceStateTable") { table in
                for variable in variables { variable.write(to: &table) }
            }
        }
        return writer.bytes + [13, 10]
    }
}

extension IGDAction {
    fileprivate func write(to list: inout XMLWriter) {
        list.element("action") { element in
            element.element("name", name)
            guard !inputs.isEmpty || !outputs.isEmpty else { return }
            element.element("argumentList") { list in
                for input in inputs { input.write(to: &list, direction: "in") }
                for output in outputs { output.write(to: &list, direction: "out") }
            }
        }
    }
}

extension IGDArgument {
    fileprivate func write(to list: inout XMLWriter, direction: String) {
        list.element("argument") {
            $0.element("name", name)
            $0.element("direction", direction)
            $0.element("relatedStateVariable", variable)
        }
    }
}

extension IGDVariable {
    fileprivate func write(to table: inout XMLWriter) {
        table.element("stateVariable", [("sendEvents", isEvented ? "yes" : "no")]) { element in
            element.element("name", name)
            element.element("dataType", type.rawValue)
            if let preset { element.element("defaultValue", preset) }
            switch allowed {
            case .any: break
            case .values(let values):
                element.element("allowedValueList") { list in
                    for value in values { list.element("allowedValue", value) }
                }
            case .range(let range):
                element.element("allowedValueRange") {
                    $0.element("minimum", "\(range.lowerBound)")
                    $0.element("maximum", "\(range.upperBound)")
                }
            }
        }
    }
}
