/// A breach of the standard that is taken from a provider all the same, until it is mended there.
///
/// Only what takes nothing from the meaning of the rest can be one; each page of it is noted
/// (`Answer.deviations`).
public enum AnswerTolerance: String, Hashable, Sendable, CaseIterable {
    /// A list that is longer or shorter than its count: what is there is taken.
    case counts
}
