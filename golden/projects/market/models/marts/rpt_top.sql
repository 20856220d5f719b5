{{ config(materialized='view') }}

select region_name, amount
from {{ ref('rpt_regions') }}
where amount = (select max(amount) from {{ ref('rpt_regions') }})
