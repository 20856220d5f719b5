select max(gross - tare) as heaviest
from {{ ref('raw_scale__weighings') }}
