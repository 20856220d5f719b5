# What Terraform evaluates is not checked.
variable "environment_id" { type = number }

resource "dbtcloud_job" "nightly" {
  project_id     = 2
  environment_id = var.environment_id
  name           = "Nightly"
  target_name    = "prod"
  execute_steps = [
    "dbt build --select tag:marts",
    "dbt test --select \"stg_sales stg_nothing\"",
    "dbt run --select ${var.layer}",
    "dbt snapshot --select tag:utils",
  ]
  triggers = {
    schedule = false
  }
}
