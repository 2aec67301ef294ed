extension ActiveForward {
    package var relay: ActiveRelay {
        ActiveRelay(targets: [
            RelayTarget(
                place: .addresses(ResolvedTarget(v4: target4, v6: target6)), ports: targetPorts)
        ])
    }
}
extension ActiveForward {
    package var asException: ActiveForward { self }
}
