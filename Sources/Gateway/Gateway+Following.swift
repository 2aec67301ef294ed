import Addressing
import Forwarding
import Logging
import Storage

/// Following targets that are named, not numbered.
///
/// The last good answer is kept, in the store, too: a restart without a name server changes nothing.
extension Gateway {
    /// Seconds until a name server that did not answer is asked again.
    private static let retryPeriod: Int64 = 5

    /// Followed targets are where the last run saw them; names are asked for again at once.
    func recallTargets(_ stored: [TargetHost: ResolvedTarget]) {
        for host in followedHosts {
            surroundings.resolved[host] = stored[host]
            switch host {
            case .name(let name): due[name] = facts.now()
            case .mac(let mac): devices[mac].map { surroundings.resolved[host] = $0 }
            case .address, .gateway, .suffix, .unix: break
            }
        }
    }

    /// Asks for names, all at once.
    func resolve(_ names: [HostName]) async -> [HostName: ResolvedName] {
        let facts = self.facts
        return await withTaskGroup(of: (HostName, ResolvedName?).self) { group in
            for name in Set(names) { group.addTask { (name, await facts.resolve(name)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// Takes answers into a view, unless they lead where no target may be.
    func learn(_ answers: [HostName: ResolvedName], in view: inout Surroundings) {
        for (name, answer) in answers where !answer.target.isEmpty {
            view.resolved[.name(name)] = answer.target(keeping: view.resolved[.name(name)])
        }
    }

    func followNames() async {
        let now = facts.now()
        let names = due.filter { $0.value <= now }.map(\.key)
        guard !names.isEmpty else { return }
        for name in names { due[name] = now + Self.retryPeriod }
        let answers = await resolve(names)
        var fit: [HostName: ResolvedName] = [:]
        // A forward may have gone while the servers were asked.
        for (name, answer) in answers where due[name] != nil {
            due[name] = facts.now() + answer.seconds
            let unfit = answer.target.addresses.first {
                isUnfitTarget($0, named: true, in: surroundings.network)
            }
            if let unfit {
                log.warning(
                    "\(name) is said to be \(unfit), where no forward may lead; not followed")
                continue
            }
            fit[name] = answer
        }
        var view = surroundings
        learn(fit, in: &view)
        if view != surroundings { move(to: view) }
    }

    /// What no forward leads to any more need not be followed.
    func forgetUnusedTargets() {
        guard !surroundings.resolved.isEmpty || !due.isEmpty else { return }
        let used = followedHosts
        surroundings.resolved = surroundings.resolved.filter { used.contains($0.key) }
        due = due.filter { used.contains(.name($0.key)) }
        keepTargets()
    }

    func keepTargets() {
        do throws(StoreError) { try store.save(surroundings.resolved) } catch {
            log.error("the addresses of targets could not be kept: \(error)")
        }
    }
}
