import Crypto
import Foundation
import SwiftProtobuf

/// What the committed schemas say, read from the descriptor set that protoc wrote.
struct SchemaSet {
    /// One field of one message.
    struct Field: Hashable {
        var message: String
        var number: Int32
        var name: String
        var type: String
        /// `implicit`, `optional`, `repeated` or `oneof NAME`.
        var cardinality: String
        var file: String

        /// The message's name without its package.
        var shortMessage: String { String(message.split(separator: ".").last ?? "") }
    }

    /// One named value of an enum.
    struct Value: Hashable {
        var enumeration: String
        var number: Int32
        var name: String
    }

    var fields: [Field] = []
    var values: [Value] = []
    var messages: [String: Google_Protobuf_DescriptorProto] = [:]
    /// SHA-256 by path below Schemas/, and of each generated file by its name.
    var digests: [String: String] = [:]

    /// Folder of the whole project.
    static let project = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let folder = project.appending(path: "Schemas")

    static func committed() throws -> SchemaSet {
        let bytes = try Data(contentsOf: folder.appending(path: "schemas.binpb"))
        let set = try Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)
        var schemas = SchemaSet()
        schemas.digests["schemas.binpb"] = digest(bytes)
        for file in set.file {
            let text = try Data(contentsOf: folder.appending(path: file.name))
            schemas.digests[file.name] = digest(text)
            let swift = file.name.replacing(".proto", with: ".pb.swift").replacing("/", with: "_")
            let generated = project.appending(path: "Sources/Finance/Generated/\(swift)")
            schemas.digests[swift] = digest(try Data(contentsOf: generated))
            schemas.add(file)
        }
        return schemas
    }

    static func digest(_ bytes: Data) -> String {
        SHA256.hash(data: bytes).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
    }

    private mutating func add(_ file: Google_Protobuf_FileDescriptorProto) {
        for enumeration in file.enumType {
            for value in enumeration.value {
                values.append(
                    Value(
                        enumeration: "\(file.package).\(enumeration.name)",
                        number: value.number,
                        name: value.name
                    )
                )
            }
        }
        for message in file.messageType {
            let name = "\(file.package).\(message.name)"
            messages[name] = message
            for field in message.field {
                fields.append(
                    Field(
                        message: name,
                        number: field.number,
                        name: field.name,
                        type: SchemaSet.type(of: field),
                        cardinality: SchemaSet.cardinality(of: field, in: message),
                        file: file.name
                    )
                )
            }
        }
    }

    private static func type(of field: Google_Protobuf_FieldDescriptorProto) -> String {
        field.typeName.isEmpty
            ? "\(field.type)".replacing("type", with: "").lowercased()
            : String(field.typeName.dropFirst())
    }

    private static func cardinality(
        of field: Google_Protobuf_FieldDescriptorProto,
        in message: Google_Protobuf_DescriptorProto
    ) -> String {
        if field.label == .repeated { return "repeated" }
        if field.proto3Optional { return "optional" }
        if field.hasOneofIndex { return "oneof \(message.oneofDecl[Int(field.oneofIndex)].name)" }
        return "implicit"
    }
}
