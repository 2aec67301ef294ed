import Addressing
import Forwarding

/// Reads the lease file of miniupnpd: `TCP:8080:192.168.1.10:80:1700000000:description`.
///
/// An end of 0 is none.
enum MiniupnpdReader {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        for line in lines where !line.text.isEmpty {
            do throws(Reason) {
                carriage.carry(try wanted(line.text), from: line)
            } catch { carriage.remark(line, error) }
        }
    }

    private static func wanted(_ text: String) throws(Reason) -> Wanted {
        let parts = text.parts(":", atMost: 6)
        guard parts.count >= 5 else { throw .unreadable }
        guard let transports = Transports(parts[0]), transports != .tcpAndUDP else {
            throw .transport(parts[0])
        }
        guard let port = Reading.port(parts[1]).flatMap({ PortRange($0) }),
            let target = Reading.port(parts[3]).flatMap({ PortRange($0) }),
            let end = Int64(parts[4]), (0...253_402_300_799).contains(end)
        else { throw .unreadable }
        guard let address = IPAddress(parts[2]) else { throw .target(parts[2]) }
        return Wanted(
            name: parts.count == 6 ? parts[5] : nil, transports: transports, ports: port,
            host: .address(address), targetPorts: target,
            ends: end == 0 ? .never : .at(Timestamp(seconds: end)))
    }
}
