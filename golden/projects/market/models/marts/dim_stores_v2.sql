{{ config(indexes=[{'columns': ['store_id'], 'unique': true}, {'columns': ['region']}] if target.type == 'postgres' else []) }}

select
    stores.store_id,
    stores.store_name,
    stores.region,
    regions.region_name,
    stores.manager
from {{ ref('stg_stores') }} as stores
left join {{ ref('regions') }} as regions on stores.region = regions.region
