/// An element with everything in it.
///
/// A tree is harmless, as the reader bounds its depth and the number of its elements.
package struct XMLElement: Hashable, Sendable {
    package var name: XMLName
    /// What its prefix stands for; nil where nothing says so.
    package var namespace: String?
    package var attributes: [XMLAttribute]
    package var children: [XMLElement] = []
    /// Its own text, without that of its children.
    package var text = ""

    /// The root of a document.
    package init(parsing bytes: [UInt8], limits: XMLLimits = .request) throws(XMLError) {
        var reader = try XMLReader(bytes, limits: limits)
        var open: [XMLElement] = []
        var scopes = [[:] as [String: String]]
        while let event = try reader.next() {
            switch event {
            case .start(let name, let attributes):
                scopes.append(Self.scope(attributes, in: scopes[scopes.count - 1]))
                open.append(XMLElement(name, attributes, scopes[scopes.count - 1]))
            case .text(let text):
                open[open.count - 1].text += text
            case .end:
                scopes.removeLast()
                guard open.count > 1, let done = open.popLast() else { continue }
                open[open.count - 1].children.append(done)
            }
        }
        guard let root = open.first else { throw .truncated }
        self = root
    }

    private init(_ name: XMLName, _ attributes: [XMLAttribute], _ scope: [String: String]) {
        (self.name, self.attributes, namespace) = (name, attributes, scope[name.prefix])
    }

    private static func scope(
        _ attributes: [XMLAttribute], in outer: [String: String]
    ) -> [String: String] {
        var scope = outer
        for attribute in attributes {
            if attribute.name.prefix == "xmlns" {
                scope[attribute.name.local] = attribute.value
            } else if attribute.name == XMLName("xmlns") {
                scope[""] = attribute.value
            }
        }
        return scope
    }

    /// The first child of that local name.
    package subscript(_ local: String) -> XMLElement? {
        children.first { $0.name.local == local }
    }

    /// Its text without the blanks around it.
    package var trimmed: String { text.trimmingBlanks }
}

extension StringProtocol {
    /// Without blanks, tabs and line ends at both ends.
    var trimmingBlanks: String {
        let isBlank = { (byte: UInt8) in XMLScanner.isBlank(byte) }
        let bytes = utf8.drop(while: isBlank)
        let rest = bytes.reversed().drop(while: isBlank).reversed()
        return String(decoding: Array(rest), as: UTF8.self)
    }
}
