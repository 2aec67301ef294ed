import Access
import Testing

@Suite struct `Scopes` {
    @Test func `each scope includes the ones before it`() {
        #expect(Scope.allCases.sorted() == [.read, .operate, .admin])
    }
}
