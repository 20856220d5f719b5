{{ config(materialized='table', schema='loft', alias='lamp') }}

select 2 as watts
