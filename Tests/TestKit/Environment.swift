package import Foundation

/// The variables of the test process.
package enum Environment {
    package static subscript(name: String) -> String? {
        ProcessInfo.processInfo.environment[name]
    }
}

/// The top of the checkout.
package let projectFolder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
