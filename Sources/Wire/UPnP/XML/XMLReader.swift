/// Reads a document of UTF-8, event by event, and believes nothing.
///
/// It does not validate, resolves no name and opens nothing: what a request needs, and no more.
package struct XMLReader: Sendable {
    private var scanner: XMLScanner
    private let limits: XMLLimits
    private var open: [Open] = []
    private var elements = 0
    /// An element without content has begun, its end is still to be told.
    private var endIsDue = false

    private struct Open {
        var name: XMLName
        var text = 0
    }

    package init(_ bytes: [UInt8], limits: XMLLimits = .request) throws(XMLError) {
        guard bytes.count <= limits.length else { throw .tooLong }
        self.limits = limits
        scanner = try XMLScanner(bytes, limits: limits)
        try scanner.passDeclaration()
    }

    /// Nil at the end of the document.
    package mutating func next() throws(XMLError) -> XMLEvent? {
        if endIsDue {
            endIsDue = false
            return .end(open.removeLast().name)
        }
        while !scanner.isAtEnd {
            if let event = try step() { return event }
        }
        guard open.isEmpty, elements > 0 else { throw .truncated }
        return nil
    }

    /// Nil for what says nothing: comments, instructions, blanks around the root.
    private mutating func step() throws(XMLError) -> XMLEvent? {
        guard scanner.peek == UInt8(ascii: "<") else { return try text(scanner.text()) }
        if scanner.take("<!--") {
            try scanner.pass(through: "-->")
            return nil
        }
        if scanner.take("<![CDATA[") {
            guard !open.isEmpty else { throw .syntax }
            return try text(scanner.literal(before: "]]>"))
        }
        if scanner.take("<!") { throw .documentType }
        if scanner.take("<?") {
            try scanner.passInstruction()
            return nil
        }
        return scanner.take("</") ? try end() : try start()
    }

    private mutating func text(_ text: String) throws(XMLError) -> XMLEvent? {
        guard !open.isEmpty else {
            guard text.utf8.allSatisfy(XMLScanner.isBlank) else { throw .syntax }
            return nil
        }
        open[open.count - 1].text += text.utf8.count
        guard open[open.count - 1].text <= limits.text else { throw .textTooLong }
        return text.isEmpty ? nil : .text(text)
    }

    private mutating func start() throws(XMLError) -> XMLEvent {
        _ = scanner.take("<")
        guard !open.isEmpty || elements == 0 else { throw .syntax }
        elements += 1
        guard elements <= limits.elements else { throw .tooManyElements }
        guard open.count < limits.depth else { throw .tooDeep }
        let name = try scanner.name()
        let attributes = try attributes()
        endIsDue = scanner.take("/")
        guard scanner.take(">") else { throw scanner.unexpected }
        open.append(Open(name: name))
        return .start(name, attributes)
    }

    private mutating func attributes() throws(XMLError) -> [XMLAttribute] {
        var found: [XMLAttribute] = []
        while scanner.passBlanks(), scanner.isAtName {
            guard found.count < limits.attributes else { throw .tooManyAttributes }
            let name = try scanner.name()
            guard !found.contains(where: { $0.name == name }) else { throw .syntax }
            found.append(XMLAttribute(name: name, value: try scanner.attributeValue()))
        }
        return found
    }

    private mutating func end() throws(XMLError) -> XMLEvent {
        let name = try scanner.name()
        scanner.passBlanks()
        guard scanner.take(">") else { throw scanner.unexpected }
        guard open.popLast()?.name == name else { throw .syntax }
        return .end(name)
    }
}
