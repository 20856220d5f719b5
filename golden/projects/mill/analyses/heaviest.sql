select max(gross - tare) as heaviest
from {{ source('scale', 'weighings') }}
