select id as delivery_id, kilos
from {{ farm_table('deliveries') }}
