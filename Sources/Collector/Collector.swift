// Collector: asks providers over the MyData standard, under transfer requests, and records what
// they answer.
