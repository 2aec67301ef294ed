/// One line of the report: a figure, and what it is to reach.
struct Line: Encodable {
    let what: String
    let figure: Double
    let unit: String
    var goal: Goal?
    /// What the figure is the median of, where that is handed on.
    var values: [Double] = []
    var isReached: Bool? { goal.map { $0.isReached(by: figure) } }

    init(_ what: String, _ figure: Double, _ unit: String, _ goal: Goal? = nil) {
        self.what = what
        self.figure = figure
        self.unit = unit
        self.goal = goal
    }

    enum Goal {
        case atLeast(Double)
        case below(Double)
        case atMost(Double)

        func isReached(by figure: Double) -> Bool {
            switch self {
            case .atLeast(let bound): figure >= bound
            case .below(let bound): figure < bound
            case .atMost(let bound): figure <= bound
            }
        }
    }

    private enum Key: String, CodingKey {
        case what, figure, unit, goal, reached, values
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(what, forKey: .what)
        try values.encode(figure, forKey: .figure)
        try values.encode(unit, forKey: .unit)
        try values.encodeIfPresent(goal?.text, forKey: .goal)
        try values.encodeIfPresent(isReached, forKey: .reached)
        if !self.values.isEmpty { try values.encode(self.values, forKey: .values) }
    }
}

extension Line.Goal {
    var text: String {
        switch self {
        case .atLeast(let bound): "at least \(bound.short)"
        case .below(let bound): "below \(bound.short)"
        case .atMost(let bound): "at most \(bound.short)"
        }
    }
}

/// Lines under a heading.
struct Section: Encodable {
    let title: String
    var lines: [Line]
}

/// All that was measured, and where.
struct Report: Encodable {
    let machine: String
    var sections: [Section] = []
    /// What could not be measured, and why.
    var failures: [String] = []

    /// For people: one table, the goal beside each figure that has one.
    var text: String {
        let head = ["", "figure", "", "goal", ""]
        let lines = sections.flatMap(\.lines)
        let rows = lines.map { line in
            [
                "  " + line.what, line.figure.short, line.unit, line.goal?.text ?? "",
                line.isReached.map { $0 ? "reached" : "missed" } ?? "",
            ]
        }
        let widths = head.indices.map { column in
            ([head] + rows).map(\.[column].count).max() ?? 0
        }
        func row(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return column == 1 ? space + cells[column] : cells[column] + space
            }
            return padded.joined(separator: "  ").trimmingSpaces + "\n"
        }
        var (text, rest) = (machine + "\n\n" + row(head), rows[...])
        for section in sections {
            text += section.title + "\n"
            for cells in rest.prefix(section.lines.count) { text += row(cells) }
            rest = rest.dropFirst(section.lines.count)
        }
        guard !failures.isEmpty else { return text }
        return text + "Not measured\n" + failures.map { "  \($0)\n" }.joined()
    }
}

extension Double {
    /// As many digits as mean something.
    var short: String {
        guard isFinite else { return "–" }
        if self >= 1000 { return Int(rounded()).grouped }
        let factor: Double = self >= 100 ? 1 : self >= 10 ? 10 : self >= 1 ? 100 : 1000
        let value = (self * factor).rounded() / factor
        return value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}

extension String {
    /// Without spaces at the end.
    fileprivate var trimmingSpaces: String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
