package import ControlModel
import Hummingbird
import Synchronization

/// What is in effect, for whoever wants to see it: put up at the start and whenever the file is read again.
package final class SettingsBoard: Sendable {
    private let settings: Mutex<Views.Settings>

    package init(_ settings: Views.Settings) { self.settings = Mutex(settings) }

    package func put(_ settings: Views.Settings) { self.settings.withLock { $0 = settings } }

    func add(to group: RouterGroup<ControlContext>) {
        group.get("settings") { [self] _, _ in
            try settings.withLock { $0 }.response()
        }
    }
}
