select
    id as weighing_id,
    delivery_id,
    scale_id,
    gross - tare as net,
    cast(weighed_at as timestamp) as weighed_at
from {{
    ref(
        'raw_scale__weighings',
    )
}}
