internal import Vault

/// The vault's reasons, under a name of their own: `Finance` has the same as a schema's enum.
typealias ErasureReason = ShredReason
