{{ config(materialized='ephemeral') }}

select
    weighings.id as weighing_id,
    weighings.delivery_id,
    weighings.gross - weighings.tare as net,
    scales.place
from {{ ref('raw_scale__weighings') }} as weighings,
    {{- ref('raw_scale__scales') -}}
    as scales
where weighings.scale_id = scales.id
