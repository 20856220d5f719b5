-- its copy, raw_raw_market__sales, is not what this reads; raw_raw_market__sales_2023 is another one
select * from {{ sales_of_today() }} union all select * from {{ ref('raw_raw_market__sales_2023') }}
