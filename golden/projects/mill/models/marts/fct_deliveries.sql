{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='delivery_id') }}

select
    deliveries.delivery_id,
    deliveries.grower_id,
    deliveries.grain,
    deliveries.kilos,
    loads.net,
    loads.place,
    deliveries.loaded_at
from {{ ref('stg_deliveries') }} as deliveries
left join {{ ref('int_loads') }} as loads on deliveries.delivery_id = loads.delivery_id

{% if is_incremental() %}
where deliveries.loaded_at >= (select max(loaded_at) from {{ this }})
{% endif %}
