{{ config(materialized='ephemeral') }}

select
    weighings.id as weighing_id,
    weighings.delivery_id,
    weighings.gross - weighings.tare as net,
    scales.place
from {{ source('scale', 'weighings') }} as weighings,
    {{- source('scale', 'scales') -}}
    as scales
where weighings.scale_id = scales.id
