// Finance: what open finance is. Money, civil time, the events of six industries and how they are
// read and written, categories and their rules, and the folds that make read models of events.
//
// Pure: no disk, no clock, no network, no keys. Rule files come in as bytes, time as arguments, and
// every fold gives the same state for the same events on every machine. Knows no frame and no log.
