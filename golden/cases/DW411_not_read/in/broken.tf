resource "dbtcloud_job" "a" {
  name = 
}
