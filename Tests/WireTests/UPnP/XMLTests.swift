import TestKit
import Testing
import Wire

@Suite struct `XML` {
    private func parse(_ text: String, _ limits: XMLLimits = .request) throws(XMLError)
        -> XMLElement
    {
        try XMLElement(parsing: text.octets, limits: limits)
    }

    @Test func `what clients write around a call is passed over`() throws {
        let root = try parse(
            "\u{feff}\r\n<?xml version='1.0' encoding='UTF-8' standalone=\"yes\"?>\n<!-- a - b --><?pi x?>"
                + "<m:a xmlns:m='urn:x' xmlns=\"urn:y\" >one<!-- > --><b c = 'd&quot;'/>two"
                + "<![CDATA[<&amp;]]><?pi?></m:a >\r\n<!-- end -->")
        #expect(root.name == XMLName(prefix: "m", "a") && root.namespace == "urn:x")
        #expect(root.text == "onetwo<&amp;")
        let child = try #require(root["b"])
        #expect(child.namespace == "urn:y" && child.attributes.first?.value == "d\"")
    }

    @Test func `references are characters`() throws {
        #expect(try parse("<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;</a>").text == "&<>\"'A😀")
        #expect(try parse("<a>x\r\ny\rz</a>").text == "x\ny\nz")
    }

    static let bad: [(String, XMLError)] = [
        ("", .truncated), (" ", .truncated), ("x", .syntax), ("<a>", .truncated),
        ("<a", .truncated),
        ("<a b", .truncated), ("<a b=", .truncated), ("<a b='", .truncated), ("<", .truncated),
        ("<a/><b/>", .syntax), ("<a/>x", .syntax), ("</a>", .syntax), ("<a></b>", .syntax),
        ("<a></a", .truncated), ("<a b=c/>", .syntax), ("<a b='<'/>", .syntax),
        ("<a b='1' b='2'/>", .syntax), ("<1/>", .syntax), ("<a:/>", .syntax), ("<:a/>", .syntax),
        ("<a:b:c/>", .syntax), ("<a / >", .syntax), ("<a><![CDATA[x</a>", .truncated),
        ("<![CDATA[x]]><a/>", .syntax), ("<a><!-- </a>", .truncated), ("<a><?x </a>", .truncated),
        ("<a/><?xml version='1.0'?>", .syntax),
        ("<!DOCTYPE a><a/>", .documentType), ("<!doctype a><a/>", .documentType),
        ("<a><!ENTITY b 'c'></a>", .documentType), ("<a>&b;</a>", .entity), ("<a>&</a>", .entity),
        ("<a>& ;</a>", .entity), ("<a b='&c;'/>", .entity),
        ("<a>&#0;</a>", .characterReference), ("<a>&#x1b;</a>", .characterReference),
        ("<a>&#10;</a>", .characterReference), ("<a>&#x85;</a>", .characterReference),
        ("<a>&#xd800;</a>", .characterReference), ("<a>&#x110000;</a>", .characterReference),
        ("<a>&#xffff;</a>", .characterReference), ("<a>&#;</a>", .characterReference),
        ("<a>&#+65;</a>", .characterReference), ("<a>&#-1;</a>", .characterReference),
        ("<a>&#99999999999;</a>", .characterReference), ("<a>\u{0}</a>", .character),
        ("<a>\u{b}</a>", .character), ("<a>\u{fffe}</a>", .character),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>", .encoding),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", .encoding),
        ("<?xml version='1.0'", .truncated), ("<?xml", .syntax),
    ]

    @Test(arguments: bad)
    func `is refused with the reason`(text: String, error: XMLError) {
        #expect(throws: error) { try parse(text) }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bytes: [UInt8] in [[0x3c, 0xff], [0xff, 0xfe, 0x3c, 0], [0x3c, 0x61, 0xc0, 0x80]] {
            #expect(throws: XMLError.character) { try XMLElement(parsing: bytes) }
        }
    }

    private func times(_ count: Int, _ text: String) -> String {
        String(repeating: text, count: count)
    }

    @Test func `limits are reached and not passed`() throws {
        let name = times(128, "n")
        let attributes = { (count: Int) in
            "<a" + (0..<count).map { " b\($0)=''" }.joined() + "/>"
        }
        let good = [
            times(16, "<a>") + times(16, "</a>"), "<a>" + times(255, "<b/>") + "</a>",
            "<\(name)/>", "<a>" + times(4096, "x") + "</a>", "<a b='" + times(4096, "x") + "'/>",
            attributes(32), "<a><!--" + times(65_536 - 14, "x") + "--></a>",
        ]
        for text in good { #expect(throws: Never.self) { try parse(text) } }
        let bad: [(String, XMLError)] = [
            (times(17, "<a>") + times(17, "</a>"), .tooDeep),
            (times(10_000, "<a>"), .tooDeep),
            ("<a>" + times(256, "<b/>") + "</a>", .tooManyElements),
            ("<\(name)n/>", .nameTooLong),
            ("<a>" + times(4097, "x") + "</a>", .textTooLong),
            ("<a>" + times(600, "12345678<b/>") + "</a>", .tooManyElements),
            ("<a>" + times(100, times(41, "x") + "<b/>") + "</a>", .textTooLong),
            ("<a>" + times(2, "<![CDATA[" + times(2049, "x") + "]]>") + "</a>", .textTooLong),
            ("<a b='" + times(4097, "x") + "'/>", .textTooLong),
            (attributes(33), .tooManyAttributes),
            ("<a><!--" + times(65_536, "x") + "--></a>", .tooLong),
        ]
        for (text, error) in bad { #expect(throws: error) { try parse(text) } }
        #expect(throws: Never.self) { try parse(bad[0].0, .description) }
    }

    /// Anything that a document may hold, and some that it may not.
    private func text(_ gen: inout Gen) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<gen.int(0...40) {
            let value = UInt32(
                gen.pick([gen.int(0...0x7f), gen.int(0...0x10ffff), 0x26, 0x3c, 0x5d]))
            if let scalar = Unicode.Scalar(value), scalar != "\r" { text.append(scalar) }
        }
        return String(text)
    }

    @Test(arguments: Seed.batch(300))
    func `what is written is read again, without what no document may hold`(seed: Seed) throws {
        var gen = Gen(seed)
        let text = text(&gen)
        var writer = XMLWriter()
        writer.element("a", [("b", text)]) { $0.element("c", text) }
        let root = try XMLElement(parsing: writer.bytes)
        let kept = String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter {
                    $0.value >= 0x20 && $0.value & ~1 != 0xfffe || $0 == "\t" || $0 == "\n"
                }))
        #expect(root["c"]?.text == kept && root.attributes.first?.value == kept)
    }

    @Test(arguments: Seed.batch(400))
    func `any bytes keep to the limits`(seed: Seed) {
        var gen = Gen(seed)
        let seeds = [
            UPnPVectors.u5, UPnPVectors.u7, UPnPVectors.u10, UPnPVectors.u16, UPnPVectors.u17,
        ]
        let bytes = gen.pick(seeds).octets.mutated(&gen)
        let limits = XMLLimits(depth: 5, elements: 11, text: 64)
        guard let root = try? XMLElement(parsing: bytes, limits: limits) else { return }
        #expect(root.depth <= 5 && root.size <= 11)
    }

    @Test(arguments: [UPnPVectors.u5, UPnPVectors.u7, UPnPVectors.u16])
    func `half a document is none`(text: String) {
        let bytes = text.trimmingSuffix { $0.isWhitespace }.octets
        for count in 0..<bytes.count {
            #expect(throws: XMLError.self) { try XMLElement(parsing: Array(bytes.prefix(count))) }
        }
    }
}

extension XMLElement {
    var depth: Int { 1 + (children.map(\.depth).max() ?? 0) }
    var size: Int { 1 + children.map(\.size).reduce(0, +) }
}

extension String {
    fileprivate func trimmingSuffix(_ isCut: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isCut(last) { text.removeLast() }
        return text
    }
}
