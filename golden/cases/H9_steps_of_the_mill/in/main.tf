resource "dbtcloud_job" "main" {
  name          = "main"
  target_name   = "prod"
  execute_steps = ["dbt build -s 'staging.*+'"]
  triggers      = { schedule = false }
}
