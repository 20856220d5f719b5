// Package e2e executes what dbtwac emits: real dbt builds the golden projects, the real command lines and real run-operations
// publish them, and the tables are read back. It holds tests only.
package e2e
