/// The services that Portcullis knows by itself, beside the system's own table.
package enum ServiceCatalogue {
    package static let all: [KnownService] = [
        remoteAccess, web, dataStores, infrastructure, mailAndVoice, tunnels, homeAndMedia, games,
        gameConsoles, gameAdministration, peerToPeer,
    ].flatMap(\.self)
}
