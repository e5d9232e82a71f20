import Files
import Foundation
import Yams

/// A YAML file of the operator's.
///
/// What is wrong with one is said by its line, never by its text: it may hold a secret.
enum YAMLFile {
    /// The file's root, which is one mapping of these keys.
    static func mapping(_ path: String, keys: [String]) throws -> YAMLMapping {
        let text: String
        do {
            text = String(decoding: try Files.read(path, limit: 16 << 20), as: UTF8.self)
        } catch {
            throw Failure(.input, "\(path) cannot be read (\(error)).")
        }
        guard let root = try root(of: text, from: path) else {
            throw Failure(.configuration, "\(path) must hold keys.")
        }
        return try YAMLMapping(root, of: path, keys: keys)
    }

    /// The text's root, or nil of an empty one; `place` is named in errors.
    static func root(of text: String, from place: String) throws -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Failure(.configuration, "\(place)\(line(error.mark)): this is not YAML.")
        }
    }

    /// Where a mark is, for errors.
    static func line(_ mark: Mark?) -> String { mark.map { ", line \($0.line)" } ?? "" }
}

extension YamlError {
    /// Where the text stops being YAML, if that is known.
    ///
    /// Not its description, which shows the line.
    fileprivate var mark: Mark? {
        switch self {
        case .scanner(context: _, problem: _, let mark, yaml: _): mark
        case .parser(context: _, problem: _, let mark, yaml: _): mark
        case .composer(context: _, problem: _, let mark, yaml: _): mark
        case .duplicatedKeysInMapping(duplicates: _, let context): context.mark
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded: nil
        }
    }
}

/// A mapping in an operator's file: a key that is unknown, or whose value has another shape than
/// it must have, is refused and never passed over.
struct YAMLMapping {
    private let node: Node
    private let path: String

    init(_ node: Node, of path: String, keys: [String]) throws {
        (self.node, self.path) = (node, path)
        guard let mapping = node.mapping else {
            throw Failure(.configuration, "\(path)\(YAMLFile.line(node.mark)): there must be keys.")
        }
        for (key, _) in mapping where !keys.contains(key.scalar?.string ?? "") {
            throw Failure(
                .configuration,
                "\(path)\(YAMLFile.line(key.mark)): the key is unknown; there are "
                    + keys.joined(separator: ", ") + "."
            )
        }
    }

    /// The entries of a list, or nil where there is none.
    func list(_ key: String) throws -> [Node]? {
        guard let value = node[key] else { return nil }
        guard let list = value.sequence else { throw wrong(key, value, "a list") }
        return Array(list)
    }

    /// The texts of a list, or nil where there is none.
    func texts(_ key: String) throws -> [String]? {
        try list(key)?.map { try text($0, of: key, "a list of texts") }
    }

    /// A text, or nil where there is none.
    func text(_ key: String) throws -> String? {
        try node[key].map { try text($0, of: key, "a text") }
    }

    /// A text that must be there.
    func need(_ key: String) throws -> String {
        guard let text = try text(key) else {
            throw Failure(.configuration, "\(path)\(YAMLFile.line(node.mark)): \(key) is missing.")
        }
        return text
    }

    /// A number, or nil where there is none.
    func number(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let value = node[key] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw wrong(key, value, "a number of \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The failure that a key's value is not what it must be.
    func wrong(_ key: String, _ what: String) -> Failure { wrong(key, node[key] ?? node, what) }

    private func wrong(_ key: String, _ value: Node, _ what: String) -> Failure {
        Failure(.configuration, "\(path)\(YAMLFile.line(value.mark)): \(key) must be \(what).")
    }

    private func text(_ value: Node, of key: String, _ what: String) throws -> String {
        guard let text = value.scalar?.string, !text.isEmpty, value.null == nil else {
            throw wrong(key, value, what)
        }
        return text
    }
}
