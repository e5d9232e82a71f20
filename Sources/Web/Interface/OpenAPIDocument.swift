import Yams

/// The description of the interface: `Schemas/openapi.yaml`, as it is and as JSON.
struct OpenAPIDocument: Sendable {
    let yaml: [UInt8]
    let json: [UInt8]

    init(yaml: String) throws {
        guard let root = try Yams.compose(yaml: yaml) else {
            throw WebRefusal.resourceDamaged(name: "openapi.yaml")
        }
        self.yaml = Array(yaml.utf8)
        json = OpenAPIDocument.json(root).bytes
    }

    /// The same document in JSON; members keep their order.
    private static func json(_ node: Node) -> JSON {
        switch node {
        case .mapping(let mapping):
            .object(mapping.map { ($0.key.string ?? "", json($0.value)) })
        case .sequence(let sequence): .array(sequence.map(json))
        case .scalar(let scalar) where scalar.style == .plain:
            if let value = node.bool {
                .bool(value)
            } else if let value = node.int {
                .integer(Int64(value))
            } else if let value = node.float {
                .number(value)
            } else if node.null != nil {
                .null
            } else {
                .string(scalar.string)
            }
        case .scalar(let scalar): .string(scalar.string)
        case .alias: .null
        }
    }
}
