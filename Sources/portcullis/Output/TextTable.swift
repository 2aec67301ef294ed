/// Columns for people: as wide as their widest cell, two spaces between.
struct TextTable {
    private var rows: [[String]]

    init(_ header: [String]) { rows = [header] }

    mutating func add(_ row: [String]) { rows.append(row) }

    var isEmpty: Bool { rows.count == 1 }

    func lines() -> [String] {
        var widths = [Int](repeating: 0, count: rows[0].count)
        for row in rows {
            for (place, cell) in row.enumerated() { widths[place] = max(widths[place], cell.count) }
        }
        return rows.map { row in
            var line = ""
            for (place, cell) in row.enumerated() {
                line += cell
                guard place < row.count - 1 else { continue }
                line += String(repeating: " ", count: widths[place] - cell.count + 2)
            }
            return line
        }
    }

    func show() {
        for (place, line) in lines().enumerated() {
            print(place == 0 ? Console.bold(line) : line)
        }
    }
}
