-- one that the switch has changed, with a macro that reads the source
select * from {{ ref('raw_raw_market__items') }}
where sku not in (select sku from {{ withdrawn() }})
