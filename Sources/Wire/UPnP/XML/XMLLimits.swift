/// What a document may cost whoever reads it; sizes in bytes of UTF-8.
package struct XMLLimits: Hashable, Sendable {
    package var length: Int
    package var depth: Int
    package var elements: Int
    /// Of one element.
    package var attributes: Int
    /// With its prefix.
    package var name: Int
    /// Of one element or attribute.
    package var text: Int

    package init(
        length: Int = 65_536, depth: Int = 16, elements: Int = 256, attributes: Int = 32,
        name: Int = 128, text: Int = 4096
    ) {
        (self.length, self.depth, self.elements) = (length, depth, elements)
        (self.attributes, self.name, self.text) = (attributes, name, text)
    }

    /// What control points may send us.
    package static let request = XMLLimits()
    /// The description of another router, with the services of a telephone and a disk.
    package static let description = XMLLimits(length: 262_144, depth: 32, elements: 4096)
    /// What another router answers: a list of mappings is one text.
    package static let answer = XMLLimits(length: 262_144, text: 196_608)
}

/// Why bytes are no document that is read here.
package enum XMLError: Error, Hashable, Sendable, CaseIterable {
    case tooLong, tooDeep, tooManyElements, tooManyAttributes, nameTooLong, textTooLong
    /// A document type: entities would come with it, of any size and from any file.
    case documentType
    /// An entity other than the five that XML has of itself.
    case entity
    /// A number that stands for a control character, a surrogate or nothing.
    case characterReference
    /// Another encoding than UTF-8 or US-ASCII is declared.
    case encoding
    /// Bytes that are no UTF-8, or characters that no document may have.
    case character
    /// It ends before its root element does.
    case truncated
    /// Anything else that is not well-formed.
    case syntax
}
