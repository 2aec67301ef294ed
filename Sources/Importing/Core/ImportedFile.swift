package import Forwarding

/// What was found in a file of another program.
package struct ImportedFile: Hashable, Sendable {
    /// In the order of the file.
    package var forwards: [ImportedForward]
    /// In the order of the file: what was not carried over, or should be looked at.
    package var remarks: [Remark]
}

/// A forward, and where it came from.
package struct ImportedForward: Hashable, Sendable {
    /// Counted from 1.
    package var line: Int
    package var draft: ForwardDraft
}

/// A word on a line of the file.
package struct Remark: Hashable, Sendable {
    /// The first line that it is about, counted from 1.
    package var line: Int
    /// The last line that it is about: that of a rule, a section or a block.
    package var lastLine: Int
    /// The first line as it stands there.
    package var text: String
    package var reason: Reason

    package init(line: Int, lastLine: Int? = nil, text: String, reason: Reason) {
        self.line = line
        self.lastLine = lastLine ?? line
        self.text = text
        self.reason = reason
    }
}
