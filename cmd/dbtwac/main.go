// Command dbtwac compiles a dbt project's manifest.json and a dbtwac.yml into deployment artifacts: `dbtwac --help`.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
