extension SubjectCountersState {
    /// Events about an asset; 0 when there is none.
    public func eventCount(of asset: AssetID) -> UInt64 { byAsset[asset]?.events ?? 0 }
}
