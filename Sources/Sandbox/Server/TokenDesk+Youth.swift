internal import MyData

extension SandboxDesk {
    /// 청소년 통합인증-002: of persons of 14 to 18, deposits, cards and prepaid means alone.
    func youth(
        _ registration: ProviderRegistration,
        _ fields: [String: String],
        _ client: OperatorRegistration,
        _ struck: [Fault],
        now: Int64
    ) throws(OAuthError) -> ServerReply {
        guard fields["request_type"] == "1", fields["signed_person_info_req"] == nil,
            let consent = fields["consent"]
        else { throw .invalidRequest }
        let opened = ["list", "deposit", "card", "prepaid"]
        let scopes = JSONTree(Array(consent.utf8))?["scope"]?.scalar?.split(separator: " ") ?? []
        let isForYouth = scopes.allSatisfy { scope in
            scope.split(separator: ".").last.map { opened.contains(String($0)) } ?? false
        }
        guard isForYouth else { throw .invalidScope }
        return try integrated(registration, fields, client, struck, of: 14...18, now: now)
    }
}
