{{ config(materialized='table', tags=['walls']) }}

select * from {{ ref('dusty_chest__coins') }}
