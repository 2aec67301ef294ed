/// What a client is told before its connection is closed: whole records (RFC 8446 section 6).
package enum TLSAlert {
    /// Fatal unrecognized_name (112): no route has that name.
    package static let unrecognizedName: [UInt8] = [0x15, 3, 3, 0, 2, 2, 112]
    /// Fatal decode_error (50): the hello is broken.
    package static let decodeError: [UInt8] = [0x15, 3, 3, 0, 2, 2, 50]
}
