/// Who asks, and who else may.
extension Views {
    package struct Session: Codable, Hashable, Sendable {
        package var caller: String
        /// `session`, `token` or `socket`.
        package var kind: String
        package var scope: String
        /// What writes by a session carry as `X-CSRF-Token`; absent for others.
        package var csrf: String?
        /// Absent for the socket.
        package var expires: String?
        /// The caller's own address; absent for the socket.
        package var address: String?
        package var passwordSet: Bool
        package var totp: Bool
        /// `reachable-from-wan` while a listener is.
        package var warnings: [String]

        package init(
            caller: String, kind: String, scope: String, csrf: String?, expires: String?,
            address: String? = nil, passwordSet: Bool, totp: Bool, warnings: [String]
        ) {
            self.caller = caller
            self.kind = kind
            self.scope = scope
            self.csrf = csrf
            self.expires = expires
            self.address = address
            self.passwordSet = passwordSet
            self.totp = totp
            self.warnings = warnings
        }

        enum CodingKeys: String, CodingKey {
            case caller, kind, scope, csrf, expires, address, totp, warnings
            case passwordSet = "password_set"
        }
    }

    package struct SignInLink: Codable, Hashable, Sendable {
        package var url: String
        package var expires: String

        package init(url: String, expires: String) {
            self.url = url
            self.expires = expires
        }
    }

    package struct Tokens: Codable, Hashable, Sendable {
        package var tokens: [Token]

        package init(tokens: [Token]) { self.tokens = tokens }
    }

    package struct Token: Codable, Hashable, Sendable {
        package var number: Int
        package var name: String
        package var scope: String
        package var created: String
        package var expires: String
        package var lastUsed: String?
        /// What the caller shows; only in the answer that made it.
        package var token: String?

        package init(
            number: Int, name: String, scope: String, created: String, expires: String,
            lastUsed: String?, token: String?
        ) {
            self.number = number
            self.name = name
            self.scope = scope
            self.created = created
            self.expires = expires
            self.lastUsed = lastUsed
            self.token = token
        }

        enum CodingKeys: String, CodingKey {
            case number, name, scope, created, expires, token
            case lastUsed = "last_used"
        }
    }

    package struct TOTPSecret: Codable, Hashable, Sendable {
        /// Base32, to be typed in.
        package var secret: String
        /// The same as an address, to be read as a picture.
        package var uri: String

        package init(secret: String, uri: String) {
            self.secret = secret
            self.uri = uri
        }
    }
}

extension Views {
    /// A one-time link, or the password with the code that goes with it.
    package struct SignInBody: Codable, Sendable {
        package var link: String?
        package var password: String?
        package var code: String?

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: ["link", "password", "code"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            link = try values.decodeIfPresent(String.self, forKey: .link)
            password = try values.decodeIfPresent(String.self, forKey: .password)
            code = try values.decodeIfPresent(String.self, forKey: .code)
        }
    }

    package struct TokenBody: Codable, Sendable {
        package var name: String
        package var scope: String
        /// How long it lasts: `30d`.
        package var duration: String

        package init(name: String, scope: String, duration: String) {
            self.name = name
            self.scope = scope
            self.duration = duration
        }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: ["name", "scope", "for"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decode(String.self, forKey: .name)
            scope = try values.decode(String.self, forKey: .scope)
            duration = try values.decode(String.self, forKey: .duration)
        }

        private enum CodingKeys: String, CodingKey {
            case name, scope
            case duration = "for"
        }
    }

    package struct PasswordBody: Codable, Sendable {
        package var password: String

        package init(password: String) { self.password = password }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: ["password"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            password = try values.decode(String.self, forKey: .password)
        }
    }

    package struct CodeBody: Codable, Sendable {
        package var code: String

        package init(code: String) { self.code = code }

        package init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: ["code"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            code = try values.decode(String.self, forKey: .code)
        }
    }
}
