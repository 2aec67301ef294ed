/// Written by hand since the keys of a relay stand among the others, in the body's own object.
extension ForwardBody {
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encodeIfPresent(name, forKey: .name)
        try values.encodeIfPresent(external, forKey: .external)
        try values.encodeIfPresent(on, forKey: .on)
        try values.encodeIfPresent(at, forKey: .at)
        try values.encodeIfPresent(to, forKey: .to)
        try values.encodeIfPresent(allow, forKey: .allow)
        try values.encodeIfPresent(deny, forKey: .deny)
        try values.encodeIfPresent(hairpin, forKey: .hairpin)
        try values.encodeIfPresent(source, forKey: .source)
        try values.encodeIfPresent(nat6, forKey: .nat6)
        try values.encodeIfPresent(`for`, forKey: .for)
        try values.encodeIfPresent(ends, forKey: .ends)
        try values.encodeIfPresent(schedule, forKey: .schedule)
        try values.encodeIfPresent(whenClosed, forKey: .whenClosed)
        try values.encodeIfPresent(maxConnections, forKey: .maxConnections)
        try values.encodeIfPresent(maxConnectionsPerSource, forKey: .maxConnectionsPerSource)
        try values.encodeIfPresent(maxRate, forKey: .maxRate)
        try values.encodeIfPresent(maxRatePerSource, forKey: .maxRatePerSource)
        try values.encodeIfPresent(monthly, forKey: .monthly)
        try values.encodeIfPresent(bandwidth, forKey: .bandwidth)
        try values.encodeIfPresent(enabled, forKey: .enabled)
        try values.encodeIfPresent(comment, forKey: .comment)
        try relay.encode(to: encoder)
    }
}
