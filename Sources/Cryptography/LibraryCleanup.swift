internal import COpenSSL

/// What libcrypto would do in `exit`.
public enum LibraryCleanup {
    /// Leaves libcrypto's memory to the end of the process.
    ///
    /// Its own clean-up frees the locks that threads which still seal take next: a process that is
    /// told to end in the middle of its work would crash instead, with a dump of what it held. To
    /// be called before anything else of this module.
    ///
    /// - Throws: `.libraryFailure`.
    public static func omit() throws(CryptographyError) {
        guard OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1 else {
            throw .libraryFailure(operation: "OPENSSL_init_crypto")
        }
    }
}
